// CRC-32 of zlib and IEEE 802.3, as the firmware and Python's zlib.crc32 compute it.
#pragma once

#include <cstddef>
#include <cstdint>

uint32_t crc32(const uint8_t *data, size_t size);
