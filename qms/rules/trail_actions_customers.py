"""Knows how the actions on outside customers are called in the trail; must not know who does them."""

from qms.rules.words import Words

CUSTOMERS: dict[str, Words] = {
    "customers.accept_complaint": Words("Answer accepted by the customer", "顾客接受答复"),
    "customers.analyse_complaint": Words("Complaint analysed", "分析投诉"),
    "customers.answer_complaint": Words("Complaint answered", "答复投诉"),
    "customers.close_complaint": Words("Complaint closed", "关闭投诉"),
    "customers.contain_complaint": Words("Complaint contained", "围堵投诉"),
    "customers.edit_complaint": Words("Complaint edited", "编辑投诉"),
    "customers.justify_complaint": Words("Said why no 8D", "说明不做 8D 的理由"),
    "customers.lapse_complaint": Words("Closed without the customer's word", "顾客未表态, 关闭投诉"),
    "customers.link_complaint": Words("Rejection linked to a complaint", "投诉关联不合格"),
    "customers.receive": Words("Complaint recorded", "登记顾客投诉"),
    "customers.receive_return_complaint": Words("Return received", "登记退件"),
    "customers.refuse_complaint": Words("Answer refused by the customer", "顾客不接受答复"),
    "customers.reopen_complaint": Words("Complaint opened again", "重新打开投诉"),
    "customers.trace_complaint": Words("Origin of a complaint named", "指明投诉责任工序"),
    "customers.void_complaint": Words("Complaint declared void", "作废投诉"),
    "customers.register": Words("Customer registered", "登记顾客"),
    "customers.edit": Words("Customer edited", "编辑顾客"),
    "customers.set_rule": Words("Rule of the grades set", "设定评级规则"),
    "customers.grade": Words("Customer graded", "顾客评级"),
    "customers.override": Words("Grade given against the rule", "人工调整等级"),
    "customers.add_plant": Words("Plant of a customer added", "新增顾客工厂"),
    "customers.edit_plant": Words("Plant of a customer edited", "编辑顾客工厂"),
    "customers.add_contact": Words("Contact added", "新增联系人"),
    "customers.edit_contact": Words("Contact edited", "编辑联系人"),
    "customers.add_target": Words("Target added", "新增目标值"),
    "customers.edit_target": Words("Target edited", "编辑目标值"),
    "customers.add_requirement": Words("Requirement added", "新增顾客特殊要求"),
    "customers.edit_requirement": Words("Requirement edited", "编辑顾客特殊要求"),
}
