/* corpus_main.c: a fuzz target without a fuzzer: each file named on the command line is one input, so
 * that the corpora run in every `make check`. With libFuzzer this file is left out. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        uint8_t *data = NULL;
        size_t size = 0, cap = 0, n = 0;
        if (f == NULL) {
            perror(argv[i]);
            return 1;
        }
        do {
            size += n;
            if (size == cap) {
                cap = cap == 0 ? 65536 : cap * 2;
                data = realloc(data, cap);
                if (data == NULL)
                    return 1;
            }
        } while ((n = fread(data + size, 1, cap - size, f)) > 0);
        fclose(f);
        /* An exact-size copy, so that a read past the end is seen. */
        uint8_t *exact = malloc(size == 0 ? 1 : size);
        if (exact == NULL)
            return 1;
        for (size_t k = 0; k < size; k++)
            exact[k] = data[k];
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
        free(data);
    }
    printf("%s: %d inputs\n", argv[0], argc - 1);
    return 0;
}
