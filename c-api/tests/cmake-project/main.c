/* Uses the library from a C program */
#include <string.h>

#include <metatensor.h>

int main(void) {
    const mts_labels_t* labels = NULL;
    if (strncmp(mts_version(), METATENSOR_VERSION, strlen(METATENSOR_VERSION)) != 0) {
        return 1;
    }
    return mts_labels_free(labels) == MTS_SUCCESS ? 0 : 1;
}
