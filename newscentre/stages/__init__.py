"""How an article comes in, stage by stage: fetch → parse → clean → identify → tag → cluster → plan.

No stage knows Django or the database. Each takes what the one before it gives:

    fetch      an address             → bytes, with what the answer said about them
    parse      bytes                  → `Document`, read in a process of its own with little memory and time
    clean      `Document`             → `Item`s: plain text, safe links, language and direction of each field
    identify   `Item`s                → which of them are the same article as one known already
    tag        `Item`                 → subjects and categories
    cluster    `Item`s                → the same story across publishers and languages
    plan       `Item`s, what is known → what is added, changed and passed over
"""
