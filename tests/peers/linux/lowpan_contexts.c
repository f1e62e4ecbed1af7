// SPDX-License-Identifier: Apache-2.0 OR MIT OR GPL-2.0-only
/*
 * Tells a 6LoWPAN interface of Linux a compression context, where the kernel is built without CONFIG_6LOWPAN_DEBUGFS
 * and so has no other way to be told one:
 *
 *     echo lowpan0 0 2001:db8:1:2:: 64 > /sys/module/lowpan_contexts/parameters/context
 *
 * A length of 0 takes the context away.
 */
#include <linux/if_arp.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/6lowpan.h>
#include <net/net_namespace.h>

#define PREFIX_BITS 128

static int tell(struct net_device *device, unsigned int identifier, const struct in6_addr *prefix, unsigned int length)
{
	struct lowpan_iphc_ctx_table *table = &lowpan_dev(device)->ctx;
	struct lowpan_iphc_ctx *context = &table->table[identifier];

	spin_lock_bh(&table->lock);
	context->id = identifier;
	context->plen = length;
	context->pfx = *prefix;
	context->flags = length ? BIT(LOWPAN_IPHC_CTX_FLAG_ACTIVE) | BIT(LOWPAN_IPHC_CTX_FLAG_COMPRESSION) : 0;
	spin_unlock_bh(&table->lock);
	return 0;
}

static int set_context(const char *line, const struct kernel_param *unused)
{
	char name[IFNAMSIZ], text[INET6_ADDRSTRLEN];
	struct net_device *device;
	struct in6_addr prefix;
	unsigned int identifier, length;
	int result = -EINVAL;

	if (sscanf(line, "%15s %u %47s %u", name, &identifier, text, &length) != 4)
		return -EINVAL;
	if (identifier >= LOWPAN_IPHC_CTX_TABLE_SIZE || length > PREFIX_BITS ||
	    !in6_pton(text, -1, prefix.s6_addr, -1, NULL))
		return -EINVAL;
	device = dev_get_by_name(&init_net, name);
	if (!device)
		return -ENODEV;
	if (device->type == ARPHRD_6LOWPAN)
		result = tell(device, identifier, &prefix, length);
	dev_put(device);
	return result;
}

static const struct kernel_param_ops context_ops = { .set = set_context };
module_param_cb(context, &context_ops, NULL, 0200);
MODULE_PARM_DESC(context, "INTERFACE IDENTIFIER PREFIX LENGTH");
MODULE_DESCRIPTION("Compression contexts for 6LoWPAN interfaces");
MODULE_LICENSE("Dual MIT/GPL");
