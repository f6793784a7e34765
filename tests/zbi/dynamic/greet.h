/*
 * greet.h - a library of a native program: what it exports is reached by each kind of
 * relocation.
 */
#pragma once

#pragma GCC visibility push(default)

/* Called through the PLT. */
const char *greet_text(void);
/* The library's own, which its constructor sets, found through the GOT. */
extern int greet_count;
/* The program's, called by the library: 40, to which the library adds two. */
int program_answer(void);
int greet_ask(void);

#pragma GCC visibility pop
