#ifndef DWPW_CRC32_H
#define DWPW_CRC32_H

#include <stddef.h>
#include <stdint.h>

// CRC-32 of zlib and IEEE 802.3, as Python's zlib.crc32 computes it.
uint32_t crc32(const void *data, size_t size);

#endif
