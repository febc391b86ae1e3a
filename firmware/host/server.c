// Runs images on this computer, one job after the other: the host engine (dwpw/hostengine).
//
//     server [SECONDS]     a job that takes longer ends the server; without, it takes what it takes
//
// A job on stdin is three little-endian words (image bytes, memory bytes for image and arena,
// number of inputs), the image, and for each input two words (its offset in that memory, its bytes)
// and its content. answer.h tells what comes back.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "answer.h"
#include "dwpw_image.h"
#include "main_ram.h"
#include "run.h"

enum { CLOCK_HZ = 1000000 }; // of no meaning here; it only has to appear in the log

struct job {
    uint32_t image_size;
    uint32_t memory_size;
    uint32_t inputs;
};

struct input {
    uint32_t offset;
    uint32_t size;
};

static void read_exactly(void *bytes, size_t size)
{
    if (size > 0 && fread(bytes, 1, size, stdin) != size) {
        fputs("server: the job ends early\n", stderr);
        exit(EXIT_FAILURE);
    }
}

static void require_fit(bool fits)
{
    if (!fits) {
        fputs("server: the job does not fit in its memory\n", stderr);
        exit(EXIT_FAILURE);
    }
}

static void load_input(uint8_t *memory, uint32_t memory_size)
{
    struct input input;

    read_exactly(&input, sizeof(input));
    require_fit(input.offset <= memory_size && input.size <= memory_size - input.offset);
    read_exactly(memory + input.offset, input.size);
}

// Memory of exactly the job's size, so that the address sanitizer sees every step beyond it.
static uint8_t *load(const struct job *job)
{
    void *memory = NULL;

    require_fit(job->image_size <= job->memory_size &&
                posix_memalign(&memory, DWPW_ARENA_ALIGNMENT, job->memory_size) == 0);
    // What nobody has written is neither 0 nor stable on the SoC either.
    memset(memory, 0xa5, job->memory_size);
    read_exactly(memory, job->image_size);
    for (uint32_t i = 0; i < job->inputs; ++i) {
        load_input(memory, job->memory_size);
    }
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

int main(int count, char **words)
{
    const unsigned seconds = count > 1 ? (unsigned)strtoul(words[1], NULL, 10) : 0;
    struct job job;

    while (fread(&job, sizeof(job), 1, stdin) == 1) {
        uint8_t *memory = load(&job);
        uint8_t *image = copy_of(memory, job.image_size);
        main_ram_set(memory, job.memory_size);
        alarm(seconds);
        const uint32_t status = run_image(memory, job.memory_size, CLOCK_HZ);
        alarm(0);
        require_untouched(image, memory, job.image_size);
        answer_status(status);
        free(image);
        free(memory);
    }
    return EXIT_SUCCESS;
}
