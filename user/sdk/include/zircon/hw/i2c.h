/*
 * i2c.h - classes of devices on I2C buses.
 */
#pragma once

#define I2C_CLASS_HID 1
