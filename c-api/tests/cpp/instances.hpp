#pragma once

// All types of `SimpleDataArray`, which loading data and DLPack need, are compiled once in
// instances.cpp instead of in each test and example: this takes most of their time

#include "metatensor/arrays.hpp"

// instances.cpp uses the same list
#ifndef INSTANCE
#define INSTANCE(TYPE) extern template class metatensor::SimpleDataArray<TYPE>
#endif

INSTANCE(int8_t);
INSTANCE(int16_t);
INSTANCE(int32_t);
INSTANCE(int64_t);
INSTANCE(uint8_t);
INSTANCE(uint16_t);
INSTANCE(uint32_t);
INSTANCE(uint64_t);
INSTANCE(float);
INSTANCE(double);
INSTANCE(bool);

#undef INSTANCE
