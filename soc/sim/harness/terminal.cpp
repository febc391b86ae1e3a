#include "terminal.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "Vsim.h"

static const int wait_ms = 20;
static const int patience_ms = 5000;
// More than a program sends without an answer; the rest waits in the terminal.
static const size_t chunk = 4096;

Terminal::Terminal() : m_parent(getppid())
{
    m_master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (m_master < 0 || grantpt(m_master) != 0 || unlockpt(m_master) != 0) {
        throw std::runtime_error("cannot open a pseudo-terminal");
    }
    m_name = ptsname(m_master);
    // Bytes pass unchanged and without an echo. Closing the other side again makes it count as
    // hung up, which it does not before it has been open for the first time.
    const int slave = open(m_name.c_str(), O_RDWR | O_NOCTTY);
    termios settings;
    if (slave < 0 || tcgetattr(slave, &settings) != 0) {
        throw std::runtime_error("cannot open " + m_name);
    }
    cfmakeraw(&settings);
    tcsetattr(slave, TCSANOW, &settings);
    close(slave);
}

Terminal::~Terminal()
{
    close(m_master);
}

void Terminal::put(uint8_t byte)
{
    m_to_host.push_back(static_cast<char>(byte));
}

void Terminal::exchange()
{
    require_parent();
    send();
    receive();
    while (!opened()) {
        // Nobody hears what a UART sends to an open plug.
        m_to_host.clear();
        usleep(1000 * wait_ms);
        require_parent();
    }
}

void Terminal::hand_over()
{
    // The system takes a moment to show the other side what was sent: nothing counts twice.
    int quiet = 0;
    for (int waited = 0; quiet < 2 && waited < patience_ms && opened(); waited += wait_ms) {
        send();
        usleep(1000 * wait_ms);
        quiet = m_to_host.empty() && !unread() ? quiet + 1 : 0;
    }
}

// A byte is taken at the coming edge when the UART is ready before it.
void Terminal::drive(Vsim &top)
{
    if (m_taken) {
        m_to_uart.pop_front();
    }
    top.serial_sink_valid = !m_to_uart.empty();
    if (!m_to_uart.empty()) {
        top.serial_sink_data = m_to_uart.front();
    }
    m_taken = top.serial_sink_valid && top.serial_sink_ready;
}

bool Terminal::opened() const
{
    pollfd state = {m_master, 0, 0};
    poll(&state, 1, 0);
    return !(state.revents & POLLHUP);
}

// Whether the other side has something to read.
bool Terminal::unread() const
{
    const int slave = open(m_name.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
    int count = 0;
    if (slave >= 0) {
        ioctl(slave, FIONREAD, &count);
        close(slave);
    }
    return count > 0;
}

// What the terminal has no room for waits for the next exchange.
void Terminal::send()
{
    if (m_to_host.empty()) {
        return;
    }
    const ssize_t sent = write(m_master, m_to_host.data(), m_to_host.size());
    if (sent > 0) {
        m_to_host.erase(0, static_cast<size_t>(sent));
    }
}

void Terminal::receive()
{
    if (!m_to_uart.empty()) {
        return;
    }
    uint8_t bytes[chunk];
    const ssize_t received = read(m_master, bytes, sizeof bytes);
    if (received > 0) {
        m_to_uart.insert(m_to_uart.end(), bytes, bytes + received);
    }
}

void Terminal::require_parent() const
{
    if (getppid() != m_parent) {
        throw std::runtime_error("the program that started the simulator is gone");
    }
}
