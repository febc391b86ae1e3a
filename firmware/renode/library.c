// The units as a shared library that Renode loads: what their instructions mean (../host/UNIT.c)
// behind the names of Renode's co-simulation of custom-function units.
//
// Our own handler (DwpwUnits.cs) calls `execute` only. The other names are what
// CoSimulated.CoSimulatedCFU looks for when it loads a library.
#include <stdint.h>

#include "dwpw_units.h" // generated: emulate_units

#define EXPORTED __attribute__((visibility("default")))

enum { STATUS_OK = 0 };
enum { ACTION_TICK_CLOCK = 1 };

// A message of Renode's, as it crosses the border.
struct __attribute__((packed)) message {
    int32_t action;
    uint64_t address;
    uint64_t value;
};

typedef void answer_handler(struct message *message);

EXPORTED uint64_t execute(uint32_t function_id, uint32_t a, uint32_t b, int32_t *error);
EXPORTED void initialize_native(void);
EXPORTED void initialize_context(void *context);
EXPORTED void reset_peripheral(void);
EXPORTED void handle_request(const struct message *request);
EXPORTED void renode_external_attach__ActionIntPtr__HandleSenderMessage(answer_handler *handler);

static answer_handler *answer;

// What rd becomes; function_id is funct7 << 3 | funct3, and 0 answers one that no unit has.
uint64_t execute(uint32_t function_id, uint32_t a, uint32_t b, int32_t *error)
{
    *error = STATUS_OK;
    return emulate_units(function_id, a, b);
}

void initialize_native(void)
{
}

void initialize_context(void *context)
{
    (void)context;
}

// Programs set what they use; the units' memories hold anything after a reset.
void reset_peripheral(void)
{
}

// Renode waits for the clock's tick to be answered. There is no clock here: an instruction has
// ended when `execute` returns.
void handle_request(const struct message *request)
{
    if (request->action == ACTION_TICK_CLOCK && answer != 0) {
        struct message tick = {.action = ACTION_TICK_CLOCK};

        answer(&tick);
    }
}

void renode_external_attach__ActionIntPtr__HandleSenderMessage(answer_handler *handler)
{
    answer = handler;
}
