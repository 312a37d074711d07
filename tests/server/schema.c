/* schema.c: which schemas the providers refuse.
 *
 * Each dialect is a list of keywords and a few flags; one walk checks them all. The sentence that comes
 * out is for the person who reads the failing test, so it names the place. */
#include "server.h"
#include <string.h>

struct rules {
    const char *keywords; /* others are refused; NULL: others are ignored */
    const char *banned;
    bool all_required, closed; /* closed: additionalProperties must be false */
    bool recursion;
    int depth, unions, optional, properties; /* most; 0 = any */
};

#define COMMON " type properties required items enum anyOf $ref $defs description title "

static const struct rules dialects[] = {
    [DIALECT_OPENAI] = { .keywords =
                             COMMON "additionalProperties const definitions minimum maximum "
                                    "exclusiveMinimum exclusiveMaximum multipleOf minItems "
                                    "maxItems pattern format ",
                         .all_required = true,
                         .closed = true,
                         .recursion = true,
                         .depth = 10,
                         .properties = 5000 },
    [DIALECT_ANTHROPIC] = { .keywords =
                                COMMON "additionalProperties const definitions allOf default "
                                       "minItems pattern format ",
                            .closed = true,
                            .unions = 16,
                            .optional = 24 },
    [DIALECT_GEMINI] = { .banned = " const ", .recursion = true, .depth = 32 },
    [DIALECT_OPENAPI] = { .keywords =
                              " type properties required items enum anyOf description title "
                              "nullable format minimum maximum minItems maxItems minLength "
                              "maxLength minProperties maxProperties pattern example default "
                              "propertyOrdering ",
                          .recursion = true },
    [DIALECT_GRAMMAR] = { .recursion = true },
};

struct walk {
    struct wn_arena *a;
    const struct rules *rules;
    const cJSON *root;
    const char *open[64]; /* the $refs that we are in */
    size_t nopen;
    int unions, optional, properties, enums;
    size_t chars;
};

const cJSON *schema_resolve(const cJSON *root, const cJSON *schema)
{
    for (int hops = 0; hops < 16; hops++) {
        const char *ref = wn_json_str(schema, "$ref");
        const char *slash = ref == NULL ? NULL : strrchr(ref, '/');
        const cJSON *defs;
        if (ref == NULL)
            return schema;
        if (strcmp(ref, "#") == 0)
            return root;
        if (slash == NULL)
            return NULL;
        defs = wn_json_get(root, "$defs");
        defs = defs != NULL ? defs : wn_json_get(root, "definitions");
        schema = wn_json_get(defs, slash + 1);
        if (schema == NULL)
            return NULL;
    }
    return NULL;
}

static const char *check(struct walk *w, const cJSON *s, const char *at, int depth);

static bool array_has(const cJSON *array, const char *name)
{
    const cJSON *e;
    cJSON_ArrayForEach(e, array)
    {
        if (cJSON_IsString(e) && strcmp(e->valuestring, name) == 0)
            return true;
    }
    return false;
}

static const char *check_properties(struct walk *w, const cJSON *s, const char *at, int depth)
{
    const cJSON *required = wn_json_get(s, "required"), *p;
    const cJSON *properties = wn_json_get(s, "properties");
    const char *fault;
    if (w->rules->closed && !cJSON_IsFalse(wn_json_get(s, "additionalProperties")))
        return wn_arena_printf(w->a,
                               "In context=%s, 'additionalProperties' is required to be "
                               "supplied and to be false.",
                               at);
    cJSON_ArrayForEach(p, required)
    {
        if (!cJSON_IsString(p) || wn_json_get(properties, p->valuestring) == NULL)
            return wn_arena_printf(w->a,
                                   "In context=%s, 'required' names '%s', which is no property.",
                                   at, cJSON_IsString(p) ? p->valuestring : "?");
    }
    cJSON_ArrayForEach(p, properties)
    {
        bool must = array_has(required, p->string);
        if (w->rules->all_required && !must)
            return wn_arena_printf(w->a,
                                   "In context=%s, 'required' is required to be supplied and to "
                                   "be an array including every key in properties. Missing '%s'.",
                                   at, p->string);
        w->optional += !must;
        w->properties++;
        w->chars += strlen(p->string);
        fault = check(w, p, wn_arena_printf(w->a, "%s.%s", at, p->string), depth + 1);
        if (fault != NULL)
            return fault;
    }
    return NULL;
}

static const char *check_enum(struct walk *w, const cJSON *s, const char *at)
{
    const cJSON *values = wn_json_get(s, "enum"), *v;
    if (values == NULL)
        return NULL;
    if (!cJSON_IsArray(values) || cJSON_GetArraySize(values) == 0)
        return wn_arena_printf(w->a, "In context=%s, 'enum' must not be empty.", at);
    cJSON_ArrayForEach(v, values)
    {
        w->enums++;
        w->chars += cJSON_IsString(v) ? strlen(v->valuestring) : 0;
    }
    return NULL;
}

static const char *check_type(struct walk *w, const cJSON *s, const char *at)
{
    static const char types[] = " string number integer boolean object array null STRING NUMBER "
                                "INTEGER BOOLEAN OBJECT ARRAY ";
    const cJSON *type = wn_json_get(s, "type"), *t;
    if (type == NULL &&
        (wn_json_get(s, "enum") || wn_json_get(s, "anyOf") || wn_json_get(s, "$ref") ||
         wn_json_get(s, "const") || wn_json_get(s, "allOf")))
        return NULL;
    if (cJSON_IsString(type) && name_among(types, type->valuestring))
        return NULL;
    if (!cJSON_IsArray(type) || cJSON_GetArraySize(type) == 0)
        return wn_arena_printf(w->a, "In context=%s, schema must have a 'type' key.", at);
    cJSON_ArrayForEach(t, type)
    {
        if (!cJSON_IsString(t) || !name_among(types, t->valuestring))
            return wn_arena_printf(w->a, "In context=%s, there is no such type.", at);
    }
    w->unions++;
    return NULL;
}

static const char *check_keywords(struct walk *w, const cJSON *s, const char *at)
{
    const cJSON *m;
    cJSON_ArrayForEach(m, s)
    {
        if (w->rules->banned != NULL && name_among(w->rules->banned, m->string))
            return wn_arena_printf(w->a, "Unknown name \"%s\" at '%s': Cannot find field.",
                                   m->string, at);
        if (w->rules->keywords != NULL && !name_among(w->rules->keywords, m->string))
            return wn_arena_printf(w->a, "In context=%s, '%s' is not permitted.", at, m->string);
    }
    /* Anthropic knows minItems, but only 0 and 1 */
    if (w->rules->unions > 0 && wn_json_num(s, "minItems", 0) > 1)
        return wn_arena_printf(w->a,
                               "In context=%s, 'minItems' values other than 0 or 1 are not "
                               "supported.",
                               at);
    return NULL;
}

static const char *check_ref(struct walk *w, const cJSON *s, const char *at, int depth)
{
    const char *ref = wn_json_str(s, "$ref"), *fault;
    const cJSON *target = schema_resolve(w->root, s);
    if (target == NULL)
        return wn_arena_printf(w->a, "In context=%s, reference '%s' cannot be resolved.", at, ref);
    for (size_t i = 0; i < w->nopen; i++)
        if (strcmp(w->open[i], ref) == 0)
            return w->rules->recursion ? NULL
                                       : wn_arena_printf(w->a,
                                                         "In context=%s, recursive schemas are "
                                                         "not supported.",
                                                         at);
    if (w->nopen == WN_COUNT(w->open))
        return "Schema is too complex for compilation.";
    w->open[w->nopen++] = ref;
    fault = check(w, target, at, depth);
    w->nopen--;
    return fault;
}

static const char *check(struct walk *w, const cJSON *s, const char *at, int depth)
{
    const cJSON *items = wn_json_get(s, "items"), *any = wn_json_get(s, "anyOf"), *v;
    const char *fault = NULL;
    if (!cJSON_IsObject(s))
        return wn_arena_printf(w->a, "In context=%s, a schema must be an object.", at);
    if (w->rules->depth > 0 && depth > w->rules->depth)
        return wn_arena_printf(w->a, "The schema exceeds the limit of %d levels of nesting.",
                               w->rules->depth);
    fault = check_keywords(w, s, at);
    fault = fault != NULL ? fault : check_type(w, s, at);
    fault = fault != NULL ? fault : check_enum(w, s, at);
    if (fault == NULL && wn_json_get(s, "$ref") != NULL)
        return check_ref(w, s, at, depth);
    if (fault == NULL && wn_json_get(s, "properties") != NULL)
        fault = check_properties(w, s, at, depth);
    if (fault == NULL && items != NULL)
        fault = check(w, items, wn_arena_printf(w->a, "%s[]", at), depth + 1);
    w->unions += any != NULL;
    cJSON_ArrayForEach(v, any)
    {
        if (fault == NULL)
            fault = check(w, v, at, depth + 1);
    }
    return fault;
}

const char *schema_fault(struct wn_arena *a, enum dialect d, const cJSON *schema)
{
    struct walk w = { .a = a, .rules = &dialects[d], .root = schema };
    const char *type = wn_json_str(schema, "type"), *fault;
    if (type == NULL || (strcmp(type, "object") != 0 && strcmp(type, "OBJECT") != 0) ||
        wn_json_get(schema, "anyOf") != NULL)
        return "schema must be a JSON Schema of 'type: \"object\"' at its root.";
    fault = check(&w, schema, "root", 0);
    if (fault != NULL)
        return fault;
    if (w.rules->unions > 0 && w.unions > w.rules->unions)
        return wn_arena_printf(
            a,
            "Schemas contains too many parameters with union types (%d parameters "
            "with type arrays or anyOf) which exceeds the limit: %d.",
            w.unions, w.rules->unions);
    if (w.rules->optional > 0 && w.optional > w.rules->optional)
        return wn_arena_printf(a, "Schemas contains too many optional parameters (%d), limit: %d.",
                               w.optional, w.rules->optional);
    if (d == DIALECT_OPENAI &&
        (w.properties > w.rules->properties || w.enums > 1000 || w.chars > 120000))
        return "The schema has too many properties, enum values or characters.";
    return NULL;
}
