/* schema.c: result.schema.json as it is in the tree, for `winnow classify --schema`. */
#include "winnow.h"

static const char schema[] = {
#include "report/result.schema.json.inc"
    '\0'
};

const char *wn_result_schema(void)
{
    return schema;
}
