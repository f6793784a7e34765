/*
 * format.c - printf's core: one pass over the format, one struct for the directive in hand.
 */
#include "base/format.h"

#include "base/string.h"

/* Where the output goes. `length` counts what does not fit, too. */
struct output {
    char *buf;
    size_t size, length;
};

/* One conversion, as written: %[flags][width][.precision][length]kind. */
struct directive {
    bool left, zero, plus, space, alternate;
    int width;
    int precision;  /* -1: none given */
    unsigned bytes; /* of the integer argument */
    char kind;
};

static void put(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->buf[out->length] = c;
    out->length++;
}

static void put_many(struct output *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        put(out, text[i]);
}

static void pad(struct output *out, char c, int count)
{
    for (; count > 0; count--)
        put(out, c);
}

static int parse_number(const char **format, va_list *ap)
{
    int n = 0;

    if (**format == '*') {
        ++*format;
        return va_arg(*ap, int);
    }
    while (**format >= '0' && **format <= '9')
        n = n * 10 + *(*format)++ - '0';
    return n;
}

static bool parse_flag(struct directive *d, char c)
{
    switch (c) {
    case '-':
        return d->left = true;
    case '0':
        return d->zero = true;
    case '+':
        return d->plus = true;
    case ' ':
        return d->space = true;
    case '#':
        return d->alternate = true;
    default:
        return false;
    }
}

static void parse_length(struct directive *d, const char **format)
{
    d->bytes = sizeof(int);
    for (;; ++*format) {
        switch (**format) {
        case 'h':
            d->bytes /= 2;
            break;
        case 'l':
        case 'z':
        case 't':
        case 'j':
            d->bytes = sizeof(int64_t);
            break;
        default:
            return;
        }
    }
}

/* `*format` is behind the '%', and afterwards behind the conversion. */
static void parse_directive(struct directive *d, const char **format, va_list *ap)
{
    *d = (struct directive){.precision = -1};
    while (parse_flag(d, **format))
        ++*format;
    d->width = parse_number(format, ap);
    if (d->width < 0) {
        d->left = true;
        d->width = -d->width;
    }
    if (**format == '.') {
        ++*format;
        d->precision = parse_number(format, ap);
    }
    parse_length(d, format);
    d->kind = **format;
    if (d->kind)
        ++*format;
}

static uint64_t unsigned_argument(const struct directive *d, va_list *ap)
{
    uint64_t value = d->bytes == 8 ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned);

    return d->bytes >= 4 ? value : value & ((1u << d->bytes * 8) - 1);
}

static int64_t signed_argument(const struct directive *d, va_list *ap)
{
    switch (d->bytes) {
    case 8:
        return va_arg(*ap, int64_t);
    case 4:
        return va_arg(*ap, int);
    case 2:
        return (int16_t)va_arg(*ap, int);
    default:
        return (int8_t)va_arg(*ap, int);
    }
}

/* Digits of `value` so that they end at `end`; returns their first. */
static char *digits(char *end, uint64_t value, unsigned base, bool upper)
{
    const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (; value; value /= base)
        *--end = alphabet[value % base];
    return end;
}

static void put_number(struct output *out, const struct directive *d, const char *prefix,
                       uint64_t value, unsigned base)
{
    char buf[24];
    char *end = buf + sizeof(buf), *first = digits(end, value, base, d->kind == 'X');
    int count = (int)(end - first), prefix_size = (int)strlen(prefix);
    int least = d->precision < 0 ? 1 : d->precision;
    int zeroes;

    if (d->zero && !d->left && d->precision < 0)
        least = MAX(least, d->width - prefix_size);
    if (d->alternate && base == 8)
        least = MAX(least, count + 1);
    zeroes = MAX(least - count, 0);

    if (!d->left)
        pad(out, ' ', d->width - prefix_size - zeroes - count);
    put_many(out, prefix, (size_t)prefix_size);
    pad(out, '0', zeroes);
    put_many(out, first, (size_t)count);
    if (d->left)
        pad(out, ' ', d->width - prefix_size - zeroes - count);
}

static void put_signed(struct output *out, const struct directive *d, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    put_number(out, d, value < 0 ? "-" : d->plus ? "+" : d->space ? " " : "", magnitude, 10);
}

static void put_hex(struct output *out, const struct directive *d, uint64_t value)
{
    bool marked = d->alternate && value;

    put_number(out, d, !marked ? "" : d->kind == 'X' ? "0X" : "0x", value, 16);
}

static void put_string(struct output *out, const struct directive *d, const char *s)
{
    size_t size;

    if (!s)
        s = "(null)";
    size = d->precision < 0 ? strlen(s) : strnlen(s, (size_t)d->precision);
    if (!d->left)
        pad(out, ' ', d->width - (int)size);
    put_many(out, s, size);
    if (d->left)
        pad(out, ' ', d->width - (int)size);
}

static void put_char(struct output *out, const struct directive *d, char c)
{
    if (!d->left)
        pad(out, ' ', d->width - 1);
    put(out, c);
    if (d->left)
        pad(out, ' ', d->width - 1);
}

static void convert(struct output *out, struct directive *d, va_list *ap)
{
    switch (d->kind) {
    case 'd':
    case 'i':
        put_signed(out, d, signed_argument(d, ap));
        break;
    case 'u':
        put_number(out, d, "", unsigned_argument(d, ap), 10);
        break;
    case 'o':
        put_number(out, d, "", unsigned_argument(d, ap), 8);
        break;
    case 'x':
    case 'X':
        put_hex(out, d, unsigned_argument(d, ap));
        break;
    case 'p':
        put_number(out, d, "0x", (uintptr_t)va_arg(*ap, void *), 16);
        break;
    case 'c':
        put_char(out, d, (char)va_arg(*ap, int));
        break;
    case 's':
        put_string(out, d, va_arg(*ap, const char *));
        break;
    case '\0':
        break;
    default: /* '%' and whatever we do not know stand for themselves */
        put(out, d->kind);
    }
}

int format_va(char *buf, size_t size, const char *format, va_list args)
{
    struct output out = {.buf = buf, .size = size};
    struct directive d;
    va_list ap;

    /* A parameter of type va_list may be a pointer; a local one has an address to hand on. */
    va_copy(ap, args);
    while (*format) {
        if (*format != '%') {
            put(&out, *format++);
            continue;
        }
        format++;
        parse_directive(&d, &format, &ap);
        convert(&out, &d, &ap);
    }
    va_end(ap);
    if (size)
        buf[MIN(out.length, size - 1)] = '\0';
    return (int)out.length;
}

int format(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int length;

    va_start(ap, fmt);
    length = format_va(buf, size, fmt, ap);
    va_end(ap);
    return length;
}
