// The UART as a pseudo-terminal: what a serial port with a board behind it is to other programs.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include <sys/types.h>

class Vsim;

class Terminal
{
  public:
    // Throws std::runtime_error when the system has no pseudo-terminal to give.
    Terminal();
    ~Terminal();
    Terminal(const Terminal &) = delete;
    Terminal &operator=(const Terminal &) = delete;

    // What other programs open.
    const std::string &name() const
    {
        return m_name;
    }

    // Takes a byte from the UART; it leaves with the next exchange().
    void put(uint8_t byte);

    // Moves bytes both ways. Returns only while a program has the terminal open: a board that
    // nobody listens to need not be simulated. Throws std::runtime_error when the process that
    // started this one has ended.
    void exchange();

    // At the end of a run: returns when the program that has the terminal open has read what was
    // sent, has closed it, or has not read for seconds. What is left when this object goes is lost.
    void hand_over();

    // Sets the UART's receive pins for the coming clock edge.
    void drive(Vsim &top);

  private:
    bool opened() const;
    bool unread() const;
    void send();
    void receive();
    void require_parent() const;

    int m_master = -1;
    pid_t m_parent;
    std::string m_name;
    std::string m_to_host;
    std::deque<uint8_t> m_to_uart;
    bool m_taken = false; // the front of m_to_uart, at the last edge
};
