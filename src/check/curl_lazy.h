/*
 * libcurl, loaded when the first encrypted connection is made: with all that it brings along (LDAP, Kerberos, two more TLS libraries) it
 * takes longer to load than asking a server does, and most runs of the program need none of it.
 */
#ifndef FP_CHECK_CURL_LAZY_H
#define FP_CHECK_CURL_LAZY_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/status.h"

#define CURL_LAZY(X)                                                                                                             \
	X(curl_global_init)                                                                                                      \
	X(curl_global_cleanup)                                                                                                   \
	X(curl_easy_init)                                                                                                        \
	X(curl_easy_cleanup)                                                                                                     \
	X(curl_easy_setopt)                                                                                                      \
	X(curl_easy_getinfo)                                                                                                     \
	X(curl_easy_perform)                                                                                                     \
	X(curl_easy_strerror)                                                                                                    \
	X(curl_easy_send)                                                                                                        \
	X(curl_easy_recv)                                                                                                        \
	X(curl_multi_init)                                                                                                       \
	X(curl_multi_cleanup)                                                                                                    \
	X(curl_multi_setopt)                                                                                                     \
	X(curl_multi_add_handle)                                                                                                 \
	X(curl_multi_remove_handle)                                                                                              \
	X(curl_multi_socket_action)                                                                                              \
	X(curl_multi_info_read)                                                                                                  \
	X(curl_slist_append)                                                                                                     \
	X(curl_slist_free_all)

/* The functions by their own names, so that callers read as if libcurl were linked. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt
struct curl_lazy {
#define X(name) __typeof__(name) *name;
	CURL_LAZY(X)
#undef X
};

/* FP_EUNSUPPORTED when libcurl.so.4 is not there or lacks a function. Loaded once, never unloaded. */
enum fp_status curl_lazy_load(const struct curl_lazy **out, struct fp_err *err) FP_MUST_CHECK;

#endif
