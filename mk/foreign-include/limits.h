/* The end of the chain: the compiler's own takes in the next one, for what a system adds. */
#pragma once
