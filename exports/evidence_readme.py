"""Knows what an evidence package tells of itself, in both languages, with what it cannot prove."""

README = """\
EVIDENCE PACKAGE / 证据包
=========================

What is in it
  records.jsonl         every record asked for, one JSON object a line, as it stood when the package was made
  ledger-extract.jsonl  every entry of the audit trail about these records, exactly the bytes that were hashed
  proofs.jsonl          for each of these entries the path of hashes to the root of the whole trail (RFC 9162)
  checkpoint.txt        how many entries the trail had, and its root, signed (C2SP signed note, Ed25519)
  public-key.txt        the key that checks the signatures
  evidence.xlsx         the same to read: the trail, and a sheet per kind of record
  attachments/          files that belong to the records, named by their SHA-256
  manifest.json         what was asked for, by whom and when, and the SHA-256 of every file
  signature.txt         the SHA-256 of manifest.json, signed
  verify.py             checks all of this with plain Python 3.9 or newer, without network

How to check it
  1. Unpack it into an empty folder and run: python verify.py
  2. It prints PASS, or FAIL with the file and the row.
  3. Compare the public key that it prints with the one in the plant's setup sheet, and take verify.py from a source
     that you trust if you do not trust whoever gave you this package.
  4. If you keep a checkpoint of an earlier visit, have the plant run: qms verify --checkpoint FILE

What it proves
  Every record is the newest version that the audit trail knows at this checkpoint, every version of it is here, and
  every entry is part of the trail whose root was signed.

What it cannot prove
  - Whoever holds the database, the signing key and every copy of every checkpoint can rewrite history.
  - Entries made after the last checkpoint that lies outside the plant's database (at most about 15 minutes while the
    service runs) can be cut off without a trace.
  - It shows what was recorded. That what was recorded is true, and that everything was recorded, no hash can show.
  - What was not asked for is not here: read "about" in manifest.json.

内容
  records.jsonl         所请求的全部记录, 每行一个 JSON 对象, 为生成时的内容
  ledger-extract.jsonl  审计追踪中与这些记录有关的全部条目, 与计算散列时的字节完全一致
  proofs.jsonl          每个条目到整个追踪根散列的路径 (RFC 9162)
  checkpoint.txt        检查点: 追踪的条目数和根散列, 已签名 (C2SP signed note, Ed25519)
  public-key.txt        验证签名的公钥
  evidence.xlsx         便于阅读的同样内容: 审计追踪, 每种记录一个工作表
  attachments/          记录的附件, 以其 SHA-256 命名
  manifest.json         请求内容、请求人、时间以及每个文件的 SHA-256
  signature.txt         manifest.json 的 SHA-256, 已签名
  verify.py             用普通 Python 3.9 以上版本离线检查以上全部内容

如何检查
  1. 解压到空文件夹, 运行: python verify.py
  2. 输出 PASS, 或 FAIL 及文件和行号。
  3. 将输出的公钥与工厂安装单上的公钥核对; 如不信任提供者, 请使用可信来源的 verify.py。
  4. 如保存有以前的检查点, 请工厂运行: qms verify --checkpoint FILE

证明了什么
  每条记录都是此检查点时审计追踪中的最新版本, 其所有版本均在此, 每个条目都属于根散列已签名的追踪。

不能证明什么
  - 同时掌握数据库、签名密钥和所有检查点副本的人可以改写历史。
  - 最后一个保存在数据库之外的检查点之后的条目 (服务运行时最多约 15 分钟) 可能被截去而不留痕迹。
  - 它证明记录了什么; 记录是否属实、是否全部记录, 散列无法证明。
  - 未请求的内容不在此包中: 见 manifest.json 的 "about"。
"""
