// SDRAM: the power-up sequence that LiteDRAM generates for the SoC's PHY and chip.
// An SDR PHY has no delays to train, so the sequence is all there is to do.
#include <generated/csr.h>
#include <generated/sdram_phy.h>

// The simulated chip needs no time to power up, so the sequence's pauses are left out there
// (CONFIG_BIOS_NO_DELAYS). The controller refreshes every 469 cycles, and what meets a refresh
// takes longer: this pause is what the others leave of such a period, 40 to 64 loops, so that every
// count of cycles is the one that it is with them.
enum { LOOPS = 52 };

static void pause(void)
{
    for (int i = 0; i < LOOPS; ++i) {
        __asm__ volatile("nop");
    }
}

void boot_main_ram(void)
{
    sdram_dfii_control_write(DFII_CONTROL_CKE | DFII_CONTROL_ODT | DFII_CONTROL_RESET_N);
    init_sequence();
    pause();
    sdram_dfii_control_write(DFII_CONTROL_SEL);
}
