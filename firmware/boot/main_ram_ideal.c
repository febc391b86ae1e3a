// RAM inside the FPGA (or the simulator) works from reset on.

void boot_main_ram(void);

void boot_main_ram(void)
{
}
