// Runs images on the developer's computer, one job after the other, so that a test costs no
// process of its own.
//
// A job on stdin is four little-endian words (image bytes, memory bytes for image and arena,
// offset of the input in that memory, input bytes), the image and the input. The answer on stdout
// is three words (status, UART bytes, dump bytes), the UART output and the dumps.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "byte_log.h"
#include "dwpw_image.h"
#include "run.h"

enum {
    CLOCK_HZ = 1000000, // of no meaning here; it only has to appear in the log
    JOB_SECONDS = 30,   // after which the alarm ends the server: the largest job takes one
};

struct job {
    uint32_t image_size;
    uint32_t memory_size;
    uint32_t input_offset;
    uint32_t input_size;
};

static void read_exactly(void *bytes, size_t size)
{
    if (size > 0 && fread(bytes, 1, size, stdin) != size) {
        fputs("server: the job ends early\n", stderr);
        exit(EXIT_FAILURE);
    }
}

// Memory of exactly the job's size, so that the address sanitizer sees every step beyond it.
static uint8_t *load(const struct job *job)
{
    void *memory = NULL;

    if (job->image_size > job->memory_size || job->input_offset > job->memory_size ||
        job->input_size > job->memory_size - job->input_offset ||
        posix_memalign(&memory, DWPW_ARENA_ALIGNMENT, job->memory_size) != 0) {
        fputs("server: the job does not fit in its memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    // What nobody has written is neither 0 nor stable on the SoC either.
    memset(memory, 0xa5, job->memory_size);
    read_exactly(memory, job->image_size);
    read_exactly((uint8_t *)memory + job->input_offset, job->input_size);
    return memory;
}

// The image is read only; kernels write to the arena behind it.
static void require_untouched(const uint8_t *before, const uint8_t *memory, size_t size)
{
    if (memcmp(before, memory, size) != 0) {
        fputs("server: the firmware has written to the image\n", stderr);
        exit(EXIT_FAILURE);
    }
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size);

    if (copy == NULL) {
        abort();
    }
    return memcpy(copy, bytes, size);
}

static void write_all(const struct byte_log *log)
{
    if (log->size > 0) {
        fwrite(log->bytes, 1, log->size, stdout);
    }
}

static void answer(uint32_t status)
{
    const uint32_t head[] = {status, (uint32_t)uart_log.size, (uint32_t)dump_log.size};

    fwrite(head, sizeof(head), 1, stdout);
    write_all(&uart_log);
    write_all(&dump_log);
    fflush(stdout);
    uart_log.size = 0;
    dump_log.size = 0;
}

int main(void)
{
    struct job job;

    while (fread(&job, sizeof(job), 1, stdin) == 1) {
        uint8_t *memory = load(&job);
        uint8_t *image = copy_of(memory, job.image_size);
        alarm(JOB_SECONDS);
        const uint32_t status = run_image(memory, job.memory_size, CLOCK_HZ);
        alarm(0);
        require_untouched(image, memory, job.image_size);
        answer(status);
        free(image);
        free(memory);
    }
    free(uart_log.bytes);
    free(dump_log.bytes);
    return EXIT_SUCCESS;
}
