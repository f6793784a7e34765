/*
 * crash-reason.h - why the system went down, as a crash log says.
 */
#pragma once

#include <stdint.h>

#define ZIRCON_CRASH_REASON_INVALID           ((uint32_t)0)
#define ZIRCON_CRASH_REASON_UNKNOWN           ((uint32_t)1) /* nobody lived to tell */
#define ZIRCON_CRASH_REASON_NO_CRASH          ((uint32_t)2) /* it was told to */
#define ZIRCON_CRASH_REASON_OOM               ((uint32_t)3)
#define ZIRCON_CRASH_REASON_PANIC             ((uint32_t)4)
#define ZIRCON_CRASH_REASON_SOFTWARE_WATCHDOG ((uint32_t)5)

#if !defined(__ASSEMBLER__) && !defined(__cplusplus)
typedef uint32_t zircon_crash_reason_t;
#elif !defined(__ASSEMBLER__)
enum class ZirconCrashReason : uint32_t {
    Invalid = ZIRCON_CRASH_REASON_INVALID,
    Unknown = ZIRCON_CRASH_REASON_UNKNOWN,
    NoCrash = ZIRCON_CRASH_REASON_NO_CRASH,
    Oom = ZIRCON_CRASH_REASON_OOM,
    Panic = ZIRCON_CRASH_REASON_PANIC,
    SoftwareWatchdog = ZIRCON_CRASH_REASON_SOFTWARE_WATCHDOG,
};
using zircon_crash_reason_t = ZirconCrashReason;
#endif
