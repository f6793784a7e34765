/*
 * power_machine.c - the machine goes off with the status of its first program, if that has
 * ended.
 */
#include "hal/boot.h"
#include "object/process.h"
#include "personality/zircon/power.h"
#include "personality/zircon/zircon.h"

status_t power_off(void)
{
    const struct process *first = zircon_first_program();

    hal_power_off(first ? (int)(first->return_code & 0xff) : 0);
}
