/*
 * smc.h - arguments and results of zx_smc_call (arm64's secure monitor).
 */
#pragma once

#include "uapi/zircon/types.h"

#define ARM_SMC_SERVICE_CALL_NUM_SIP_SERVICE_BASE   0x02
#define ARM_SMC_SERVICE_CALL_NUM_SIP_SERVICE_LENGTH 0x01
#define ARM_SMC_SERVICE_CALL_NUM_TRUSTED_OS_BASE    0x32
#define ARM_SMC_SERVICE_CALL_NUM_TRUSTED_OS_LENGTH  0x0e
#define ARM_SMC_SERVICE_CALL_NUM_MAX                0x3f
#define ARM_SMC_SERVICE_CALL_NUM_MASK               0x3f
#define ARM_SMC_SERVICE_CALL_NUM_SHIFT              24
#define ARM_SMC_GET_SERVICE_CALL_NUM_FROM_FUNC_ID(func_id) \
    (((func_id) >> ARM_SMC_SERVICE_CALL_NUM_SHIFT) & ARM_SMC_SERVICE_CALL_NUM_MASK)

typedef struct zx_smc_parameters {
    uint32_t func_id;
    uint8_t padding1[4];
    uint64_t arg1, arg2, arg3, arg4, arg5, arg6;
    uint16_t client_id, secure_os_id;
    uint8_t padding2[4];
} zx_smc_parameters_t;

typedef struct zx_smc_result {
    uint64_t arg0, arg1, arg2, arg3;
    uint64_t arg6; /* of some monitors: a session */
} zx_smc_result_t;
