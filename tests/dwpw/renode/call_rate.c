// How many instructions per second the units' library takes through Renode's interface:
//
//     call_rate LIBRARY CALLS      CALLS: three words each, function id, a, b
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_CALLS = 1 << 20 };

typedef uint64_t execute_function(uint32_t function_id, uint32_t a, uint32_t b, int32_t *error);

static uint32_t calls[MOST_CALLS][3];

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **words)
{
    void *library = count == 3 ? dlopen(words[1], RTLD_NOW) : NULL;
    FILE *file = count == 3 ? fopen(words[2], "rb") : NULL;

    if (library == NULL || file == NULL) {
        fputs("usage: call_rate LIBRARY CALLS\n", stderr);
        return EXIT_FAILURE;
    }
    // POSIX has it that a function's address comes as that of an object.
    execute_function *execute = NULL;
    *(void **)&execute = dlsym(library, "execute");
    const size_t length = fread(calls, sizeof(calls[0]), MOST_CALLS, file);

    uint64_t done = 0;
    uint64_t sum = 0;
    const double start = seconds();
    double took = 0;
    while (took < 2.0) {
        for (size_t i = 0; i < length; ++i) {
            int32_t error;

            sum += execute(calls[i][0], calls[i][1], calls[i][2], &error);
        }
        done += length;
        took = seconds() - start;
    }
    printf("%.1f M calls/s (answers sum up to %llu)\n", 1e-6 * (double)done / took,
           (unsigned long long)sum);
    return EXIT_SUCCESS;
}
