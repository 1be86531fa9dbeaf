/* Names of the implementations of arrays. */
#include <string.h>

#include "array.h"
#include "example.h"

int main(void) {
    /* [example: mts_register_data_origin, mts_get_data_origin] */
    mts_data_origin_t origin = 0;
    OK(mts_register_data_origin("my_program.MyArray", &origin));
    EXPECT(origin != 0);

    /* the same name has the same identifier in the whole process */
    mts_data_origin_t again = 0;
    OK(mts_register_data_origin("my_program.MyArray", &again));
    EXPECT(again == origin);

    char name[64];
    OK(mts_get_data_origin(origin, name, sizeof(name)));
    printf("origin %llu is %s\n", (unsigned long long)origin, name);
    EXPECT(strcmp(name, "my_program.MyArray") == 0);

    /* a buffer which is too small is not changed */
    EXPECT(mts_get_data_origin(origin, name, 3) == MTS_BUFFER_SIZE_ERROR);
    EXPECT(strcmp(name, "my_program.MyArray") == 0);
    /* [end] */
    return EXIT_SUCCESS;
}
