/*
 * image.h - the format of boot images.
 */
#pragma once

#include "uapi/zircon/boot.h"
