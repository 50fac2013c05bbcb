#include "support.h"

namespace runrate {
namespace {

std::string const silicon =
    "source_tag,measured,concurrency,backend,backend_version,model_path,system,precision,mode,isl,osl,batch_size,"
    "tp_size,pp_size,attention_dp_size,moe_ep_size,silicon_ttft_ms,silicon_tpot_ms\n";

TEST(SiliconTable, ARowIsAClosedLoopOfItsOwnLengths) {
    auto const read = read_bytes(silicon +
                                 "inferencex-db,2026-04-22,64,vllm,0.19.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,"
                                 "1024,8192,64,4,1,2,8,400,12.5\n"
                                 "meta-llama.csv,,8,trtllm,1.0.0rc3,meta-llama/Llama-3.1-8B,h100_sxm,,agg,128,256,8,1,"
                                 "1,,,30,6\n");
    ASSERT_EQ(read.rows.size(), 2U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.setup.engine, "vllm");
    EXPECT_EQ(row.setup.precision, Precision::fp8);
    EXPECT_EQ(row.setup.parallel, (Parallelism{4, 1, 2, 8}));
    EXPECT_EQ(row.shortest_share, 0.8);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 0.4);
    EXPECT_EQ(read.rows[1].setup.engine, "trtllm-1.0");  // another generation, of another harness
    EXPECT_EQ(read.rows[1].setup.precision, Precision::bf16);
}

TEST(SiliconTable, RowsThatSayNothingOfOneEngineAreLeftOutByTheirRule) {
    auto const rest = ",h200_sxm,fp8,agg,1024,1024,8,4,1,1,1,200,10\n";
    auto const read = read_bytes(
        silicon + "a,,8,vllm,0.19.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,disagg,1024,1024,8,4,1,1,1,200,10\n" +
        "a,,8,trtllm,1.2,deepseek-ai/DeepSeek-R1" + rest +
        "a,,8,vllm,0.19.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,1024,1024,8,16,1,1,1,201,10\n" +
        "a,,8,vllm,0.19.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,1024,1024,8,4,1,1,1,many,10\n");
    EXPECT_TRUE(read.rows.empty());
    EXPECT_EQ(
        rules_of(read),
        "prompts and decodes run on GPUs of their own\nspeculative and plain runs of DeepSeek are not told apart\n"
        "more GPUs than a node has: the parallelism is written otherwise\na cell is unreadable\n");
}

TEST(SiliconTable, OfTwoCopiesTheConsistentSourceStays) {
    auto const tail = ",vllm,0.19.0,meta-llama/Llama-3.1-70B,h200_sxm,fp8,agg,1024,1024,8,4,1,1,1,200,10\n";
    auto const read = read_bytes(silicon + "2026-04-06.csv,,8" + tail + "2026-03-25.csv,,8" + tail);
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].source, "2026-03-25.csv");
}

TEST(InferencexTable, AttentionByRankIsData) {
    std::string const header =
        "date,hardware,framework,precision,spec_method,disagg,is_multinode,decode_tp,decode_ep,decode_dp_attention,"
        "isl,osl,conc,mean_ttft,mean_tpot\n";
    auto const read = read_bytes(header + "2026-06-11,b200,trt,fp4,none,False,False,8,8,True,1024,1024,64,0.2,0.01\n" +
                                 "2026-06-11,b200,trt,fp4,mtp,False,False,8,8,True,1024,1024,64,0.2,0.01\n" +
                                 "2025-12-14,b200,trt,fp4,none,False,False,8,8,True,1024,1024,64,,\n");
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].setup.parallel, (Parallelism{1, 1, 8, 8}));
    EXPECT_EQ(read.rows[0].setup.engine, "trtllm");
    EXPECT_EQ(read.rows[0].ttft_s, 0.2);
    EXPECT_EQ(rules_of(read), "speculative decoding\nstates medians only, which do not compare with means\n");
}

TEST(OverviewTable, ThroughputIsOfAllGpus) {
    auto const read = read_bytes(
        "model,gpu,parallelism,num_gpus,precision,isl,osl,output_tok_s_per_gpu,source\n"
        "GPT-OSS 120B,B200,DEP4,4,FP4,1000,1000,6463.0,a.md\n"
        "Llama 3.3 70B,H200,\"TP1,PP2\",2,FP8,1000,1000,x,a.md\n"
        "Llama 3.3 70B,H200,TP1,1,FP8,1000,1000,2000,docs/performance/a.md\n");
    ASSERT_EQ(read.rows.size(), 2U);
    EXPECT_EQ(read.rows[0].setup.engine, "trtllm-table");
    EXPECT_EQ(read.rows[1].setup.engine, "trtllm-table-1.0");
    EXPECT_EQ(read.rows[0].protocol, Protocol::saturated);
    EXPECT_EQ(read.rows[0].setup.precision, Precision::mxfp4);
    EXPECT_EQ(read.rows[0].setup.parallel, (Parallelism{1, 1, 4, 4}));
    EXPECT_EQ(read.rows[0].output_tokens_per_s, 4 * 6463.0);
    EXPECT_EQ(rules_of(read), "a cell is unreadable\n");
}

TEST(SplitwiseTable, RepeatsOfACellAreOneRow) {
    auto const read = read_bytes(
        "model,hardware,prompt_size,batch_size,token_size,prompt_time,token_time,tensor_parallel\n"
        "llama2-70b,a100-80gb,512,2,128,100,40,4\n"
        "llama2-70b,a100-80gb,512,2,128,120,60,4\n"
        "llama2-70b,a100-80gb,512,2,128,,60,4\n");
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].protocol, Protocol::iteration);
    EXPECT_EQ(read.rows[0].concurrency, 2);
    EXPECT_DOUBLE_EQ(*read.rows[0].ttft_s, 0.11);
    EXPECT_DOUBLE_EQ(*read.rows[0].tpot_s, 0.05);
    EXPECT_EQ(rules_of(read), "a cell is unreadable\n");
}

}  // namespace
}  // namespace runrate
