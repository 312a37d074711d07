/* corpus.h: examples as rows of features, for training. Private to linear/.
 *
 * The rows hold feature numbers and counts; weighing them (tf-idf, norms) is done anew for every fold
 * from the rows that are learned from, so that what is held out is as new as a new item will be. */
#ifndef WN_LINEAR_CORPUS_H
#define WN_LINEAR_CORPUS_H
#include "base/log.h"
#include "linear/features.h"
#include "linear/linear.h"
#include <linear.h>

/* What is kept of the examples at most: about 80,000 mails of a few lines. */
enum { WN_CORPUS_FEATURES = 16 * 1000 * 1000 };

struct wn_corpus {
    size_t n, cap;
    size_t *row;  /* n + 1 offsets into id and tf */
    uint32_t *id; /* feature numbers */
    uint8_t *tf;  /* 255 stands for more */
    size_t nids, ids_cap;
    uint64_t *key; /* the key of each feature number */
    size_t nkeys, keys_cap;
    uint32_t *slots; /* feature number + 1 by key, open addressing */
    size_t nslots;
};

void wn_corpus_init(struct wn_corpus *c);
/* Append a row; its number is c->n - 1 afterwards. */
void wn_corpus_add(struct wn_corpus *c, const struct wn_features *f);
void wn_corpus_free(struct wn_corpus *c);

/* The value of features by how often they occur; shared by training and prediction. */
double wn_tf_value(uint32_t tf);
double wn_idf_value(size_t ndocs, size_t df);
/* From the sum of squares of each block's values to the factor that they are multiplied with: each block
 * of its length (characters half as long again as the others), then the whole row of length 1. */
void wn_blocks_level(double sum[WN_BLOCKS]);

/* Rows as liblinear wants them, weighed by the rows with learn[i]. */
struct wn_rows {
    struct feature_node **x; /* c->n rows, each ended by the bias and index -1, or NULL */
    struct feature_node *nodes;
    int *column;  /* of a feature number: 1..ncolumns - 1, or 0 = not used */
    float *share; /* of a feature number: its weight is the column's times this */
    uint32_t *df; /* of a feature number */
    int ncolumns; /* the last is the bias */
    size_t ndocs; /* rows learned from */
};
/* The rows with learn[i], and those with look[i] beside them; NULL: all. */
void wn_rows_make(const struct wn_corpus *c, const bool *learn, const bool *look,
                  struct wn_rows *out);
void wn_rows_free(struct wn_rows *r);

#endif
