/*
 * epoll.h - epoll sets as the rest of the personality sees them.
 */
#pragma once

struct file;

/* The last descriptor of the file closed: every set forgets it. */
void epoll_file_closed(struct file *file);
