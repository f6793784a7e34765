/*
 * text.cc - numbers to std::string and back.
 */
#include <string>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

_LIBCPP_BEGIN_NAMESPACE_STD

template <typename T> static string formatted(const char *format, T value)
{
    int size = snprintf(nullptr, 0, format, value);
    string text(static_cast<size_t>(size), '\0');

    snprintf(text.data(), text.size() + 1, format, value);
    return text;
}

string to_string(int value)
{
    return formatted("%d", value);
}

string to_string(unsigned value)
{
    return formatted("%u", value);
}

string to_string(long value)
{
    return formatted("%ld", value);
}

string to_string(unsigned long value)
{
    return formatted("%lu", value);
}

string to_string(long long value)
{
    return formatted("%lld", value);
}

string to_string(unsigned long long value)
{
    return formatted("%llu", value);
}

string to_string(float value)
{
    return formatted("%f", static_cast<double>(value));
}

string to_string(double value)
{
    return formatted("%f", value);
}

string to_string(long double value)
{
    return formatted("%Lf", value);
}

/* Where exceptions would be thrown, std::invalid_argument and std::out_of_range, the program
 * ends. `convert` is one of stdlib.h. */
template <typename F> static auto number(const string &text, size_t *end, F convert)
{
    char *stop;
    int before = errno;

    errno = 0;
    auto value = convert(text.c_str(), &stop);
    if (stop == text.c_str() || errno == ERANGE)
        abort();
    errno = before;
    if (end)
        *end = static_cast<size_t>(stop - text.c_str());
    return value;
}

int stoi(const string &text, size_t *end, int base)
{
    long value = stol(text, end, base);

    if (value < INT_MIN || value > INT_MAX)
        abort();
    return static_cast<int>(value);
}

long stol(const string &text, size_t *end, int base)
{
    return number(text, end,
                  [base](const char *s, char **stop) { return strtol(s, stop, base); });
}

unsigned long stoul(const string &text, size_t *end, int base)
{
    return number(text, end,
                  [base](const char *s, char **stop) { return strtoul(s, stop, base); });
}

long long stoll(const string &text, size_t *end, int base)
{
    return number(text, end,
                  [base](const char *s, char **stop) { return strtoll(s, stop, base); });
}

unsigned long long stoull(const string &text, size_t *end, int base)
{
    return number(text, end,
                  [base](const char *s, char **stop) { return strtoull(s, stop, base); });
}

float stof(const string &text, size_t *end)
{
    return number(text, end, strtof);
}

double stod(const string &text, size_t *end)
{
    return number(text, end, strtod);
}

long double stold(const string &text, size_t *end)
{
    return number(text, end, strtold);
}

_LIBCPP_END_NAMESPACE_STD
