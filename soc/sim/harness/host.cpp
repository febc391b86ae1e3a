#include "host.h"

#include <stdexcept>
#include <vector>

#include "Vsim.h"
#include "crc32.h"
#include "terminal.h"

Host::Host(const MemoryMap &memory, const std::string &dump_file, Terminal *terminal)
    : m_memory(memory), m_terminal(terminal)
{
    if (dump_file.empty()) {
        return;
    }
    m_dump = std::fopen(dump_file.c_str(), "wb");
    if (!m_dump) {
        throw std::runtime_error("cannot write the dump " + dump_file);
    }
}

Host::~Host()
{
    if (m_dump) {
        std::fclose(m_dump);
    }
}

void Host::serve(Vsim &top)
{
    if (top.serial_source_valid) {
        put_byte(top.serial_source_data);
    }
    if (top.control_dump && m_dump) {
        dump(top.control_address, top.control_length);
    }
    if (top.control_checksum) {
        const std::vector<uint8_t> data = m_memory.load(top.control_address, top.control_length);
        top.control_checksum_value = crc32(data.data(), data.size());
    }
    if (top.control_exit) {
        m_exit_code = top.control_exit_code;
        m_ended = true;
    }
}

// A reader at the other end of a pipe shall see each line when it is complete.
void Host::put_byte(uint8_t byte)
{
    if (m_terminal) {
        m_terminal->put(byte);
        return;
    }
    m_line.push_back(static_cast<char>(byte));
    if (byte == '\n') {
        flush();
    }
}

void Host::flush()
{
    std::fwrite(m_line.data(), 1, m_line.size(), stdout);
    std::fflush(stdout);
    m_line.clear();
}

// Record: length as 32-bit little-endian word, then the bytes.
void Host::dump(uint32_t address, uint32_t length)
{
    const std::vector<uint8_t> data = m_memory.load(address, length);
    const uint8_t prefix[4] = {static_cast<uint8_t>(length), static_cast<uint8_t>(length >> 8),
                               static_cast<uint8_t>(length >> 16),
                               static_cast<uint8_t>(length >> 24)};
    std::fwrite(prefix, 1, sizeof prefix, m_dump);
    if (std::fwrite(data.data(), 1, data.size(), m_dump) != data.size() || std::fflush(m_dump)) {
        throw std::runtime_error("cannot write the dump: disk full?");
    }
}
