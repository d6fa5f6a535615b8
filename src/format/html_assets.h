/* SPDX-License-Identifier: Apache-2.0 */
/* Style sheet and script of the report, and what the page's Content-Security-Policy calls them. */
#ifndef ASG_FORMAT_HTML_ASSETS_H
#define ASG_FORMAT_HTML_ASSETS_H

extern const char html_style[], html_script[];

/* "sha256-..." of exactly these texts. */
extern const char html_style_hash[], html_script_hash[];

#endif
