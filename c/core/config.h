/* What a build holds. Every feature belongs to one level, and a lower level never holds a higher one's code.
 *
 * P6LOWPAN_LEVEL      0 to 6 are the levels of draft-ayers-low-power-interop-01 section 6.1; 7 (P6_EVERYTHING) is plain
 *                     RFC 6282 and 7400 for gateways and analysis, with bounds that the caller chooses.
 * P6LOWPAN_DISCOVERY  1: the class-unsupported error, the 6CIO level bits and the table of neighbors' levels.
 * P6LOWPAN_FLEX       1: features are bits of a field that two neighbors intersect, in place of one level. */
#ifndef P6LOWPAN_CONFIG_H
#define P6LOWPAN_CONFIG_H

#define P6_EVERYTHING 7

#ifndef P6LOWPAN_LEVEL
#define P6LOWPAN_LEVEL P6_EVERYTHING
#endif
#ifndef P6LOWPAN_DISCOVERY
#define P6LOWPAN_DISCOVERY (P6LOWPAN_LEVEL < P6_EVERYTHING)
#endif
#ifndef P6LOWPAN_FLEX
#define P6LOWPAN_FLEX 0
#endif

#define P6_HAS_IPHC (P6LOWPAN_LEVEL >= 1)
#define P6_HAS_CONTEXTS (P6LOWPAN_LEVEL >= 2)
#define P6_HAS_TRAFFIC (P6LOWPAN_LEVEL >= 3) /* TF and HLIM */
#define P6_HAS_NHC (P6LOWPAN_LEVEL >= 4)     /* UDP; next header 41 in line */
#define P6_HAS_EXTENSIONS (P6LOWPAN_LEVEL >= 5)
#define P6_HAS_MESH (P6LOWPAN_LEVEL >= 5)
#define P6_HAS_GHC (P6LOWPAN_LEVEL >= 6)
#define P6_READS_IPHC (P6_HAS_IPHC || P6LOWPAN_DISCOVERY) /* to answer, where not to expand */
#define P6_SEES_MESH (P6_HAS_MESH || P6LOWPAN_DISCOVERY)  /* to pass over it, where not more */
#define P6_HAS_REST (P6LOWPAN_LEVEL >= P6_EVERYTHING) /* inner IPHC, elided checksums, reports */

#endif
