/*
 * message_form.h - the two forms of the channel calls.
 */
#pragma once

enum message_form {
    MESSAGE_HANDLES,     /* handles are values */
    MESSAGE_HANDLE_INFOS /* the etc. form: zx_handle_disposition_t in, zx_handle_info_t out */
};
