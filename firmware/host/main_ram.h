// Main RAM on this computer, for units that read and write it themselves: addresses of 32 bits, as
// they would see it, for the memory that the server has.
#ifndef DWPW_MAIN_RAM_H
#define DWPW_MAIN_RAM_H

#include <stddef.h>
#include <stdint.h>

// Main RAM is these bytes from now on.
void main_ram_set(uint8_t *bytes, uint32_t size);

// The address of a byte of it.
uint32_t main_ram_address(const void *byte);

// Its word of 8 bytes at `address`; NULL unless all of the word lies in it.
uint8_t *main_ram_word(uint64_t address);

#endif
