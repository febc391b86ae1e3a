#include "protocol.h"

#include "buffer.h"
#include "platform.h"
#include "settings.h"
#include "text.h"
#include "words.h"

enum {
    MICROSECONDS = 1000000, // of a second
    // Of a command that does not say: what the reference takes.
    ROUNDS = 1,
    WARM_UPS = 10,
};

static const char end_of_command = '%';
static const char boot_request[] = "serialboot";

static void put_bracketed(const char *before, const char *text)
{
    uart_puts(before);
    uart_puts(text);
    uart_puts("]\r\n");
}

static void say_ready(void)
{
    uart_puts("m-ready\r\n");
}

void mlperf_start(void)
{
    uart_puts("m-timestamp-mode-performance\r\nm-init-done\r\n");
    say_ready();
}

static void name(struct mlperf *device, const struct words *words)
{
    (void)device;
    (void)words;
    put_bracketed("m-name-dut-[", mlperf_settings.device);
}

static void profile(struct mlperf *device, const struct words *words)
{
    (void)device;
    (void)words;
    uart_puts("m-profile-[ULPMark for tinyML Firmware V0.0.1]\r\n");
    put_bracketed("m-model-[", mlperf_settings.model);
}

static void put_timestamp(const struct mlperf *device)
{
    const uint64_t cycles = platform_cycles();
    const uint64_t seconds = cycles / device->clock_hz;
    const uint64_t rest = cycles % device->clock_hz * MICROSECONDS / device->clock_hz;

    text_put_line("m-lap-us-", seconds * MICROSECONDS + rest, "");
}

static void timestamp(struct mlperf *device, const struct words *words)
{
    (void)words;
    put_timestamp(device);
}

static void repeat(const struct mlperf_model *model, uint32_t rounds)
{
    for (; rounds != 0; --rounds) {
        mlperf_run(model);
    }
}

static void measure(struct mlperf *device, uint32_t rounds, uint32_t warm_ups)
{
    mlperf_load_input(&device->model, device->buffer.bytes);
    text_put_line("m-warmup-start-", warm_ups, "");
    repeat(&device->model, warm_ups);
    uart_puts("m-warmup-done\r\n");
    text_put_line("m-infer-start-", rounds, "");
    put_timestamp(device);
    repeat(&device->model, rounds);
    put_timestamp(device);
    uart_puts("m-infer-done\r\n");
    device->has_results = true;
    mlperf_put_results(&device->model, device->buffer.bytes);
}

static void infer(struct mlperf *device, const struct words *words)
{
    const uint32_t wanted = mlperf_input_bytes(&device->model);
    uint32_t rounds;
    uint32_t warm_ups;

    if (!words_number(words, 1, ROUNDS, &rounds) || rounds == 0 || rounds > MLPERF_MAX_ROUNDS) {
        text_put_line("e-[infer: inferences have to be 1 to ", MLPERF_MAX_ROUNDS, "]");
    } else if (!words_number(words, 2, WARM_UPS, &warm_ups) || warm_ups > MLPERF_MAX_ROUNDS) {
        text_put_line("e-[infer: warm-ups have to be 0 to ", MLPERF_MAX_ROUNDS, "]");
    } else if (!mlperf_buffer_full(&device->buffer) || device->buffer.loaded != wanted) {
        text_put_line("e-[infer: load the model's ", wanted, " bytes of input first]");
    } else {
        measure(device, rounds, warm_ups);
    }
}

static void results(struct mlperf *device, const struct words *words)
{
    (void)words;
    if (device->has_results) {
        mlperf_put_results(&device->model, device->buffer.bytes);
    } else {
        uart_puts("e-[results: nothing was inferred from this input]\r\n");
    }
}

static void help(struct mlperf *device, const struct words *words);

struct command {
    const char *name;
    uint32_t words; // at the most, its name included
    void (*run)(struct mlperf *device, const struct words *words);
    const char *usage;
};

static const struct command commands[] = {
    {"help", 1, help, "help                  what there is"},
    {"name", 1, name, "name                  of the device"},
    {"profile", 1, profile, "profile               of the benchmark, and the model"},
    {"timestamp", 1, timestamp, "timestamp             microseconds since reset"},
    {"db", 4, mlperf_db,
     "db load N             N bytes of input will come\r\n"
     "db HH[HH...]          some of them, hexadecimal\r\n"
     "db print [N] [OFFSET] N of them"},
    {"infer", 3, infer, "infer [N] [W]         N inferences after W for warming up"},
    {"results", 1, results, "results               of the last one"},
};

static const struct command *const commands_end = commands + sizeof(commands) / sizeof(commands[0]);

static void help(struct mlperf *device, const struct words *words)
{
    (void)device;
    (void)words;
    for (const struct command *one = commands; one != commands_end; ++one) {
        uart_puts(one->usage);
        uart_puts("\r\n");
    }
}

static void execute(struct mlperf *device, const struct words *words)
{
    const char *wanted = words->word[0];

    for (const struct command *one = commands; one != commands_end; ++one) {
        if (words_equal(one->name, wanted)) {
            if (words->count <= one->words) {
                one->run(device, words);
            } else {
                put_bracketed("e-[Too many words behind: ", one->name);
            }
            return;
        }
    }
    put_bracketed("e-[Unknown command: ", wanted);
}

static void answer(struct mlperf *device)
{
    struct words words;

    if (device->too_long) {
        text_put_line("e-[A command has at most ", MLPERF_COMMAND_BYTES, " characters]");
    } else if (!words_split(device->command, &words)) {
        uart_puts("e-[Too many words]\r\n");
    } else if (words.count != 0) {
        execute(device, &words);
    }
    say_ready();
}

// Whether the line that has just ended is the one that asks for LiteX's BIOS.
static bool asks_to_boot(const struct mlperf *device)
{
    const uint32_t length = sizeof(boot_request) - 1;

    return device->length >= length &&
           words_equal(device->command + device->length - length, boot_request);
}

static void forget_command(struct mlperf *device)
{
    device->length = 0;
    device->too_long = false;
    device->command[0] = '\0';
}

static void append(struct mlperf *device, char byte)
{
    // Nothing that could end or colour a line of an answer comes back in one.
    const char shown = byte > ' ' && byte < 0x7f ? byte : ' ';

    if (device->length == MLPERF_COMMAND_BYTES) {
        device->too_long = true;
        return;
    }
    device->command[device->length++] = shown;
    device->command[device->length] = '\0';
}

bool mlperf_take(struct mlperf *device, char byte)
{
    if (byte == end_of_command) {
        answer(device);
        forget_command(device);
    } else if (byte == '\n' && asks_to_boot(device)) {
        forget_command(device);
        return false;
    } else {
        append(device, byte);
    }
    return true;
}
