#include "options.h"

#include <stdexcept>

static uint64_t number(const std::string &text)
{
    size_t used = 0;
    uint64_t value = 0;
    try {
        value = std::stoull(text, &used, 0);
    } catch (const std::exception &) {
        used = 0;
    }
    if (used == 0 || used != text.size()) {
        throw std::invalid_argument("not a number: " + text);
    }
    return value;
}

static Load parse_load(const std::string &text)
{
    const size_t colon = text.find(':');
    if (colon == std::string::npos) {
        throw std::invalid_argument("--load needs ADDRESS:FILE, not " + text);
    }
    return {static_cast<uint32_t>(number(text.substr(0, colon))), text.substr(colon + 1)};
}

static bool parse_uart(const std::string &text)
{
    if (text != "stdout" && text != "pty") {
        throw std::invalid_argument("--uart needs stdout or pty, not " + text);
    }
    return text == "pty";
}

Options parse_options(int argc, char **argv)
{
    Options options;

    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (i + 1 == argc) {
            throw std::invalid_argument(name + " needs a value");
        }
        const std::string value = argv[i + 1];
        if (name == "--load") {
            options.loads.push_back(parse_load(value));
        } else if (name == "--max-cycles") {
            options.max_cycles = number(value);
        } else if (name == "--dump") {
            options.dump_file = value;
        } else if (name == "--uart") {
            options.terminal = parse_uart(value);
        } else if (name == "--trace") {
            options.trace.file = value;
        } else if (name == "--trace-start") {
            options.trace.first_cycle = number(value);
        } else if (name == "--trace-end") {
            options.trace.end_cycle = number(value);
        } else if (name == "--trace-layer") {
            options.trace.layer = static_cast<int64_t>(number(value));
        } else {
            throw std::invalid_argument("unknown option " + name);
        }
    }
    return options;
}
