// SDRAM: the power-up sequence that LiteDRAM generates for the SoC's PHY and chip.
// An SDR PHY has no delays to train, so the sequence is all there is to do.
#include <generated/csr.h>
#include <generated/sdram_phy.h>

void boot_main_ram(void)
{
    sdram_dfii_control_write(DFII_CONTROL_CKE | DFII_CONTROL_ODT | DFII_CONTROL_RESET_N);
    init_sequence();
    sdram_dfii_control_write(DFII_CONTROL_SEL);
}
