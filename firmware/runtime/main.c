// Entry of the firmware on the SoC: the loader has put image and input where the memory map says.
#include <generated/soc.h>

#include "dwpw_memory_map.h"
#include "platform.h"
#include "run.h"

int main(void)
{
    platform_enable_custom_functions();
    platform_exit(run_image((uint8_t *)(uintptr_t)DWPW_IMAGE_BASE, DWPW_IMAGE_REGION_SIZE,
                            CONFIG_CLOCK_FREQUENCY));
}
