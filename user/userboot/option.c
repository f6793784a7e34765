/*
 * option.c - the command line, and what of it is for userboot.
 */
#include "user/userboot/userboot.h"

static bool is_blank(char c)
{
    return c == '\0' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

zx_status_t words_add(struct words *words, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool inside = words->size && words->text[words->size - 1];

        if (is_blank(text[i]) && !inside)
            continue;
        if (words->size + 1 >= sizeof(words->text))
            return ZX_ERR_BUFFER_TOO_SMALL;
        words->count += !is_blank(text[i]) && !inside;
        words->text[words->size++] = is_blank(text[i]) ? '\0' : text[i];
    }
    if (words->size && words->text[words->size - 1])
        words->text[words->size++] = '\0';
    return ZX_OK;
}

/* The value of NAME=VALUE, "" of NAME alone; NULL: it is another word. */
static char *value_of(char *word, const char *name)
{
    static char nothing[1];

    while (*name && *word == *name)
        word++, name++;
    if (*name || (*word && *word != '='))
        return NULL;
    return *word ? word + 1 : nothing;
}

static void parse(char *word, struct options *out, char **program)
{
    char *value;

    if ((value = value_of(word, "userboot.root")))
        out->root = value;
    else if ((value = value_of(word, "userboot")) || (value = value_of(word, "userboot.next")))
        *program = *value ? value : NULL;
    else if (value_of(word, "userboot.shutdown"))
        out->shutdown = true;
    else if (value_of(word, "userboot.reboot"))
        out->reboot = true;
}

/* PROGRAM or PROGRAM+ARGUMENT+..., copied: the words themselves are the program's environment.
 */
static void set_program(const char *value, struct options *out)
{
    static char program[USERBOOT_COMMAND_LINE_MAX];
    size_t size = 0;

    while (*value && size < sizeof(program) - 1)
        program[size++] = *value++;
    program[size] = '\0';
    out->program = program;
    for (size_t i = 0; i < size; i++)
        if (program[i] == '+') {
            program[i] = '\0';
            out->arguments = program + i + 1;
            return;
        }
}

void options_parse(struct words *words, struct options *out)
{
    char *program = NULL;

    *out = (struct options){.root = "", .program = "bin/bootsvc"};
    for (size_t at = 0; at < words->size; at += strlen(words->text + at) + 1)
        parse(words->text + at, out, &program);
    if (program)
        set_program(program, out);
}
