/* Between the program's UTF-8 and Windows' UTF-16. Only for sources that the cross compiler reads. */
#ifndef FP_COLLECT_WINDOWS_TEXT_H
#define FP_COLLECT_WINDOWS_TEXT_H

#include <windows.h>

#include "collect/facts_windows.h"

/* Bytes that are no UTF-8 become U+FFFD. */
wchar_t *collect_wide(struct collect_arena *a, const char *text);
char *collect_narrow(struct collect_arena *a, const wchar_t *text);
/* What Windows calls error n, in English where it has it: "access denied (5)"; for facts.unknown. */
const char *collect_windows_error(struct collect_arena *a, DWORD n);
/* What the running system tells. windows_system.c */
const struct collect_windows *collect_windows_live(void);
/* "S-1-5-18". windows_token.c */
const char *collect_sid_text(struct collect_arena *a, PSID sid);
/* The rows of the interface that windows_token.c and windows_net.c have. */
bool collect_live_account(
    void *ctx, const char *name, const char **sid, const char **full, struct collect_arena *a, const char **why);
bool collect_live_groups(void *ctx, const char *full, const char ***sids, size_t *n, struct collect_arena *a, const char **why);
bool collect_live_administrators(void *ctx, const char ***sids, size_t *n, struct collect_arena *a, const char **why);
bool collect_live_token(void *ctx, int64_t pid, struct collect_token *out, struct collect_arena *a, const char **why);
bool collect_live_image(void *ctx, int64_t pid, const char **path, struct collect_arena *a, const char **why);
bool collect_live_sockets(void *ctx, struct collect_socket **out, size_t *n, struct collect_arena *a, const char **why);

#endif
