/* Uses the library from a C program */
#include <string.h>

#include <metatensor.h>

int main(void) {
    const mts_labels_t* labels = NULL;
    if (strncmp(mts_version(), METATENSOR_VERSION, strlen(METATENSOR_VERSION)) != 0) {
        return 1;
    }
    /* a failure, for its message needs more of the library */
    labels = mts_labels_load("a file which does not exist");
    if (labels != NULL) {
        return 2;
    }
    return mts_labels_free(labels) == MTS_SUCCESS ? 0 : 3;
}
