#include "document/tree.h"

#include <string.h>
#include <zint.h>

static void
free_symbol(struct zint_symbol **s)
{
	if (*s != NULL)
		ZBarcode_Delete(*s);
}

enum fp_status
doc_qr_make(struct doc_qr_code *out, const char *text, struct fp_err *err)
{
	FP_AUTO(free_symbol) struct zint_symbol *s = NULL;
	size_t len = strlen(text);
	int rc;

	if (len == 0 || len > 2331)
		return fp_fail(err, FP_ELIMIT, "a QR code holds 1 to 2331 bytes, not %zu", len);
	s = ZBarcode_Create();
	if (s == NULL)
		return fp_fail(err, FP_ENOMEM, "out of memory for a QR code");
	s->symbology = BARCODE_QRCODE;
	s->input_mode = UNICODE_MODE;
	/* Letters beyond ASCII are said to be UTF-8; without that readers guess. */
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			s->eci = 26;
	}
	s->option_1 = 2; /* level M: a fold or a stain over 15 % of it does no harm */
	/* The library makes a symbol even when it warns that the content is not what was asked for: that is no symbol of ours. */
	rc = ZBarcode_Encode(s, (const unsigned char *)text, (int)len);
	if (rc != 0)
		return fp_fail(err, rc == ZINT_ERROR_TOO_LONG ? FP_ELIMIT : FP_EINVAL, "QR code: %s", s->errtxt);
	if (s->rows != s->width || s->rows < 21 || s->rows > 177)
		return fp_fail(err, FP_EINVAL, "QR code: unexpected size %d x %d", s->width, s->rows);
	out->size = (unsigned)s->rows;
	for (unsigned y = 0; y < out->size; y++) {
		for (unsigned x = 0; x < out->size; x++)
			out->module[y * out->size + x] = (s->encoded_data[y][x >> 3] >> (x & 7)) & 1;
	}
	return FP_OK;
}
