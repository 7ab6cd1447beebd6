/* What services that speak in the clear say first, read from bytes: FTP (RFC 959, 4217), HTTP (RFC 9112), RFB (RFC 6143), TFTP (RFC 1350). */
#ifndef FP_CHECK_CLEAR_H
#define FP_CHECK_CLEAR_H

#include "check/probe.h"

#define CLEAR_REPLY_MAX 16384

/* The first reply of an FTP server, of one line or several. *code its number, *used its length. */
enum check_frame clear_ftp_read(int *code, size_t *used, const uint8_t *p, size_t len);
/* The first reply that is no greeting (220) and nothing preliminary (1yz). */
enum check_frame clear_ftp_answer(int *code, const uint8_t *p, size_t len);

/* The head of an HTTP answer. *to_https: a redirect, and to nowhere but https. */
enum check_frame clear_http_read(int *status, bool *to_https, const uint8_t *p, size_t len);

/* "RFB 003.008\n": *minor 3, 7 or 8: what a client may answer with. */
enum check_frame clear_rfb_version(int *minor, const uint8_t *p, size_t len);
/* The security types behind it; *clear: one of them carries screen and keys unencrypted; *unclear: one of them may. A leading version is skipped. */
enum check_frame clear_rfb_types(bool *clear, bool *unclear, size_t *n, int minor, const uint8_t *p, size_t len);

/* A datagram that a TFTP server sends to who asks for a file. */
bool clear_tftp_answers(const uint8_t *p, size_t len);

#endif
