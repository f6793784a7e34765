/*
 * greet.h - a library of a native program: what it exports is reached by each kind of
 * relocation.
 */
#pragma once

#pragma GCC visibility push(default)

/* Called through the PLT. */
const char *greet_text(void);
/* The library's own, which its constructor sets, and of which the program has a copy. */
extern int greet_count;
/* Of each thread: 5 at first; and the next one of another, from 100. */
extern _Thread_local int greet_own;
int greet_next(void);
/* The program's, called by the library: 40, to which the library adds two. */
int program_answer(void);
int greet_ask(void);
/* The program's: what the library says at its end. */
void program_say(const char *text);

#pragma GCC visibility pop
