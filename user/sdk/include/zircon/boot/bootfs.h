/*
 * bootfs.h - the format of the files in boot images.
 */
#pragma once

#include "uapi/zircon/boot.h"
