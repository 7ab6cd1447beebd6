/* Loading libcurl by its name. */
#include "check/curl_lazy.h"

#include <dlfcn.h>
#include <string.h>

enum fp_status
curl_lazy_load(const struct curl_lazy **out, struct fp_err *err)
{
	static struct curl_lazy lazy;
	static bool loaded;
	static const char *const names[] = {
#define X(name) #name,
		CURL_LAZY(X)
#undef X
	};
	void *lib = loaded ? NULL : dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!loaded && lib == NULL) {
		return fp_fail(err, FP_EUNSUPPORTED, "libcurl.so.4 cannot be loaded (%s); install libcurl4", dlerror());
	}
	for (size_t i = 0; !loaded && i < FP_COUNT(names); i++) {
		void *function = dlsym(lib, names[i]);
		if (function == NULL) {
			return fp_fail(err, FP_EUNSUPPORTED, "libcurl.so.4 has no %s; install libcurl4 7.85 or newer", names[i]);
		}
		memcpy((char *)&lazy + i * sizeof(function), &function, sizeof(function));
	}
	loaded = true;
	*out = &lazy;
	return FP_OK;
}
