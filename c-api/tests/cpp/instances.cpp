// See instances.hpp
#define INSTANCE(TYPE) template class metatensor::SimpleDataArray<TYPE>

#include "instances.hpp"
