/*
 * boot.h - what the launcher and a bare-metal kernel agree on.
 */
#pragma once

/*
 * The kernel writes this to the serial console when it is about to start the first program; the
 * launcher drops what firmware and kernel printed before, and the mark itself. (An operating
 * system command of ECMA-48, which a terminal would swallow.)
 */
#define ZCORE_BOOT_MARK "\033]zcore;start\033\\"

/* The boot record's place in the initramfs; it is not shown to the guest. */
#define ZCORE_RECORD_PATH ".zcore/boot"

/*
 * What the kernel says once the program runs comes over the same console: MESSAGE_BEGIN, the
 * key that the boot option `messages` gives, ";", text, MESSAGE_END. Without that option it is
 * plain text. The launcher shows it on standard error; the key keeps programs from speaking for
 * the kernel.
 */
#define ZCORE_MESSAGE_BEGIN "\033]zcore;"
#define ZCORE_MESSAGE_END   "\033\\"
