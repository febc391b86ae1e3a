// Entry of the firmware on the SoC: the loader has put image and input where the memory map says.
#include <generated/mem.h>
#include <generated/soc.h>

#include "dwpw_memory_map.h"
#include "platform.h"
#include "run.h"

// The memory that this SoC has, behind the firmware.
static const size_t image_capacity = MAIN_RAM_BASE + MAIN_RAM_SIZE - DWPW_IMAGE_BASE;

int main(void)
{
    platform_enable_custom_functions();
    platform_exit(
        run_image((uint8_t *)(uintptr_t)DWPW_IMAGE_BASE, image_capacity, CONFIG_CLOCK_FREQUENCY));
}
